import ArgumentParser
import Foundation

struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Makes an installation if there is none, then serves it.")

  @Option(help: "The installation's folder.") var data: String?
  @OptionGroup var founding: FoundingOptions
  @OptionGroup var listen: ListenOptions
  @Option(help: "A file to write once it serves, with its addresses as JSON.") var readyFile: String?
  @OptionGroup var watching: WatchOptions
  @Flag(help: "A demonstration: 25 simulated devices enroll over EST.") var demo = false

  func validate() throws {
    guard demo || founding.organization != nil || InstallationFolder.named(data).isFounded else {
      throw ValidationError("say whose it is: --organization NAME, or try --demo")
    }
  }

  func run() async throws {
    let folder = InstallationFolder.named(data)
    if !folder.isFounded {
      var options = founding
      if demo, options.organization == nil { options.organization = "Demonstration" }
      try await Founder(folder: folder, options: options, listen: listen, isDemonstrationFleet: demo).found()
    }
    var process = ServingProcess(folder: folder, listen: listen, watching: watching, readyFile: readyFile)
    if demo { process.onServing = { await Self.startFleet(folder, $0) } }
    try await process.run()
  }

  /// The fleet enrolls beside the server, which serves it meanwhile.
  private static func startFleet(_ folder: InstallationFolder, _ addresses: ServingAddresses) async {
    Task {
      do {
        let location = try ServerLocation.find(
          data: folder.path, server: addresses.https, identity: nil, environment: [:])
        let root = try String(contentsOfFile: folder.rootCertificate, encoding: .utf8)
        let administrator = try ServerConnection(location)
        try await DemonstrationFleet.run(url: addresses.https, rootPEM: root, administrator: administrator)
        await administrator.close()
      } catch let failure as CommandFailure {
        StandardError.write(failure.text)
      } catch {
        StandardError.say("the simulated devices stopped: \(error)")
      }
    }
  }
}
