import TestKit
import Testing
import touchmark

@Suite struct ServerLocationTests {
  private func dataFolder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("touchmark.yaml", "organization: Acme\n")
    try folder.write("serving.json", #"{"https":"https://127.0.0.1:9443","http":"http://127.0.0.1:9080","root":"r"}"#)
    for name in ["root.pem", "admin.pem", "admin.key"] { try folder.write(name, "") }
    return folder
  }

  @Test func theDataFolderSaysWhereItsServerIs() throws {
    let folder = try dataFolder()
    defer { folder.remove() }
    let found = try ServerLocation.find(data: folder.path, server: nil, identity: nil, environment: [:])
    #expect(found.url == "https://127.0.0.1:9443")
    #expect(found.certificatePath == folder.path + "/admin.pem")
    #expect(found.keyPath == folder.path + "/admin.key")
    #expect(found.rootPath == folder.path + "/root.pem")
    #expect(found.dataFolder == folder.path)
  }

  @Test func theEnvironmentNamesItToo() throws {
    let folder = try dataFolder()
    defer { folder.remove() }
    let found = try ServerLocation.find(
      data: nil, server: nil, identity: nil, environment: ["TOUCHMARK_DATA": folder.path])
    #expect(found.url == "https://127.0.0.1:9443")
  }

  @Test func optionsWinOverTheEnvironment() throws {
    let (folder, other) = (try dataFolder(), try dataFolder())
    defer {
      folder.remove()
      other.remove()
    }
    let found = try ServerLocation.find(
      data: nil, server: "pki.example:8443/", identity: other.path,
      environment: ["TOUCHMARK_DATA": folder.path, "TOUCHMARK_SERVER": "https://x", "TOUCHMARK_IDENTITY": folder.path])
    #expect(found.url == "https://pki.example:8443")
    #expect(found.certificatePath == other.path + "/admin.pem")
    #expect(found.dataFolder == nil)
  }

  @Test func oneFileMayHoldCertificateAndKey() throws {
    let folder = try dataFolder()
    defer { folder.remove() }
    try folder.write("ops.pem", "")
    let found = try ServerLocation.find(
      data: folder.path, server: nil, identity: folder.path + "/ops.pem", environment: [:])
    #expect(found.keyPath == folder.path + "/ops.pem")
  }

  @Test func thePathThatMadeAnIdentityNamesIt() throws {
    let folder = try dataFolder()
    defer { folder.remove() }
    try folder.write("ops.pem", "")
    let found = try ServerLocation.find(
      data: folder.path, server: nil, identity: folder.path + "/ops", environment: [:])
    #expect(found.certificatePath == folder.path + "/ops.pem")
  }

  @Test func withoutARootNobodyIsTrusted() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("admin.pem", "")
    let failure = #expect(throws: CommandFailure.self) {
      try ServerLocation.find(data: nil, server: "https://x", identity: folder.path, environment: [:])
    }
    #expect(failure?.exit == .noServer)
  }
}
