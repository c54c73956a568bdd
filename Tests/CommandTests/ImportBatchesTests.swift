import Testing
import touchmark

@Suite struct ImportBatchesTests {
  private func text(_ batch: ImportBatches.Batch) -> String { String(decoding: batch.body, as: UTF8.self) }

  @Test func csvKeepsItsHeaderInEveryBatch() throws {
    let lines = ["serial,profile"] + (1...4800).map { "S-\($0),operational" }
    let cut = try ImportBatches(Array((lines.joined(separator: "\r\n") + "\r\n").utf8), name: "f")
    #expect(cut.type == "text/csv")
    #expect(cut.batches.map(\.count) == [2000, 2000, 800])
    #expect(cut.batches.allSatisfy { text($0).hasPrefix("serial,profile\nS-") })
    // The second line of the second batch is line 2002 of the file.
    #expect(cut.batches[1].fileLine(2) == 2002)
    #expect(cut.batches[1].fileLine(1) == 1)
  }

  @Test func aQuotedLineBreakDoesNotEndARecord() throws {
    let cut = try ImportBatches(Array("serial,profile,lot\nA,p,\"x\ny\"\n\nB,p,z".utf8), name: "f")
    #expect(cut.count == 2)
    #expect(text(cut.batches[0]) == "serial,profile,lot\nA,p,\"x\ny\"\nB,p,z\n")
    #expect((1...4).map(cut.batches[0].fileLine) == [1, 2, 3, 5])
  }

  @Test func jsonLinesSkipEmptyOnesAndTheirMark() throws {
    let cut = try ImportBatches(
      [0xEF, 0xBB, 0xBF] + Array("{\"serial\":\"A\"}\n\n{\"serial\":\"B\"}\n".utf8), name: "f")
    #expect(cut.type == "application/jsonl")
    #expect(text(cut.batches[0]) == "{\"serial\":\"A\"}\n{\"serial\":\"B\"}\n")
    #expect(cut.batches[0].fileLine(2) == 3)
  }

  @Test(arguments: ["", "\n\n", "serial,profile\n"]) func nothingToImportIsSaid(_ file: String) {
    #expect(throws: CommandFailure.self) { try ImportBatches(Array(file.utf8), name: "f") }
  }
}
