import Credentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A name or address under which the server is reached.
enum HostName {
  /// Names that every server certificate carries.
  static let always = ["127.0.0.1", "::1", "localhost"]

  /// An address where the text is one, else a DNS name; nil when it can be neither.
  static func generalName(_ text: String) -> GeneralName? {
    var four = in_addr()
    if inet_pton(AF_INET, text, &four) == 1 { return .ipAddress(withUnsafeBytes(of: four) { Array($0) }) }
    var six = in6_addr()
    if inet_pton(AF_INET6, text, &six) == 1 { return .ipAddress(withUnsafeBytes(of: six) { Array($0) }) }
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    let isName = labels.allSatisfy { label in
      (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
        && label.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D }
    }
    return isName && text.utf8.count <= 253 ? .dnsName(text.lowercased()) : nil
  }
}
