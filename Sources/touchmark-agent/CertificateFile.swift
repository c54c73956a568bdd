import Credentials
import DeviceAgent
import WireFormats

/// Certificates that a person names, as PEM or DER.
enum CertificateFile {
  static func read(_ path: String) throws(AgentFailure) -> [Certificate] {
    let octets = try AnyFile.read(path)
    let text = String(decoding: octets, as: UTF8.self)
    let blocks = PEM.parse(text)?.filter { $0.label == "CERTIFICATE" }.map(\.bytes) ?? []
    let found = (blocks.isEmpty ? [octets] : blocks).compactMap { try? Certificate(parsing: $0) }
    guard !found.isEmpty, found.count == max(blocks.count, 1) else {
      throw AgentFailure(.failed, "\(path) holds no certificate")
    }
    return found
  }
}
