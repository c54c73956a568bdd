import Foundation
import TestKit
import Testing

/// The launcher that every test of a real program stands on.
@Suite struct ChildTests {
  @Test func gathersMoreThanAPipeHolds() throws {
    let finished = try Finished(running: "sh", ["-c", "head -c 300000 /dev/zero; echo late >&2; exit 7"])
    #expect(finished.output.count == 300_000)
    #expect(finished.errors == "late\n")
    #expect(finished.status == 7)
  }

  @Test func handsItsInputOver() throws {
    let folder = try ScratchFolder()
    let finished = try Finished(running: "sh", ["-c", "cat; pwd"], input: Array("a\n".utf8), in: folder.path)
    #expect(finished.text == "a\n\(folder.path)\n")
  }

  @Test func endsWhatTakesTooLong() throws {
    #expect(throws: Finished.TookTooLong.self) { try Finished(running: "sleep", ["60"], seconds: 0.2) }
  }

  @Test func namesWhatIsNotThere() throws {
    #expect(throws: Child.NotStarted.self) { try Finished(running: "/nonexistent", []) }
  }

  @Test func tellsASignalFromAnExit() throws {
    let child = try Child("sleep", ["60"])
    #expect(child.isRunning)
    child.signal(SIGTERM)
    #expect(child.wait(seconds: 60) == 128 + SIGTERM)
  }

  @Test func inheritsNothing() throws {
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForReading.fileDescriptor
    let finished = try Finished(running: "sh", ["-c", "test -e /dev/fd/\(descriptor) && echo open; true"])
    #expect(withExtendedLifetime(pipe) { finished.text }.isEmpty)
  }
}
