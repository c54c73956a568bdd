import GRDB
import Registry
import Testing

/// Labels are kept as JSON, whichever way they were written.
@Suite struct LabelTextTests {
  @Test(
    arguments: [
      [:], ["batch": "42"], ["site": "Köln", "batch": "42", "z": ""], ["quoted": "a \"b\" c", "batch": "1"],
      ["path": "C:\\x"], ["line": "a\nb\u{1}"], ["emoji": "🛠", "comma": "a,b:{c}"],
    ] as [[String: String]])
  func `They come back, and SQLite reads them`(_ labels: [String: String]) async throws {
    try await withSQLiteStore { store, _ in
      try await store.write { try $0.insert(Sample.device(1, labels: labels)) }
      let read = try await store.read { try $0.device(Sample.deviceID(1), in: Sample.acme)?.labels }
      #expect(read == labels)
      for (key, value) in labels {
        let found = try store.withWriterConnection {
          try String.fetchOne($0, sql: "SELECT json_extract(labels, ?) FROM devices", arguments: ["$.\(key)"])
        }
        #expect(found == value)
      }
    }
  }

  @Test(arguments: [
    (#"{ "a" : "1" }"#, ["a": "1"]), (#"{"a":"1","b":"\u00fc"}"#, ["a": "1", "b": "ü"]),
    (#"{"a":"x\/y"}"#, ["a": "x/y"]),
  ])
  func `Another writer's JSON is read`(_ text: String, _ labels: [String: String]) async throws {
    try await withSQLiteStore { store, _ in
      try await store.write { try $0.insert(Sample.device(1)) }
      try store.withWriterConnection { try $0.execute(sql: "UPDATE devices SET labels = ?", arguments: [text]) }
      #expect(try await store.read { try $0.device(Sample.deviceID(1), in: Sample.acme)?.labels } == labels)
    }
  }

  @Test(arguments: [#"{"a":1}"#, #"{"a":"1"#, #"["a","b"]"#, "x", #"{"a":"1""b":"2"}"#])
  func `What is no object of texts is malformed`(_ text: String) async throws {
    try await withSQLiteStore { store, _ in
      try await store.write { try $0.insert(Sample.device(1)) }
      try store.withWriterConnection { try $0.execute(sql: "UPDATE devices SET labels = ?", arguments: [text]) }
      await #expect(throws: StoreError.self) {
        try await store.read { _ = try $0.device(Sample.deviceID(1), in: Sample.acme) }
      }
    }
  }
}
