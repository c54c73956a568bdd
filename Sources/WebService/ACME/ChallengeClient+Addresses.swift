import Credentials
import Enrollment
import NIOCore
import NIOPosix
import Registry

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

// Where to connect to.
extension ChallengeClient {
  /// Of one host.
  private static let mostAddresses = 16

  /// Those of the host's addresses that are allowed, in the resolver's order: what was checked is what is connected to.
  func addresses(of host: ACMEIdentifier, port: Int) async throws(ACMEProblem) -> [SocketAddress] {
    let addresses = try await self.addresses(of: host).filter { allowed.contain($0) }.compactMap { octets in
      try? SocketAddress(ipAddress: String(GeneralName.ipAddress(octets).description.dropFirst(3)), port: port)
    }
    guard addresses.isEmpty else { return addresses }
    throw ACMEProblem(
      .connection, "no address of \(host.value) may be connected to; acme: {allow: […]} in touchmark.yaml lists them")
  }

  private func addresses(of host: ACMEIdentifier) async throws(ACMEProblem) -> [[UInt8]] {
    if case .ipAddress(let octets)? = GeneralName.ipAddress(text: host.value) { return [octets] }
    let found: [[UInt8]]
    do {
      found =
        if resolvesByDNS, let dns {
          try await dns.addresses(of: host.value)
        } else {
          try await NIOThreadPool.singleton.runIfActive { Self.systemAddresses(of: host.value) }
        }
    } catch {
      throw ACMEProblem(.dns, "the addresses of \(host.value) were not found out")
    }
    guard !found.isEmpty else { throw ACMEProblem(.dns, "\(host.value) has no address") }
    return Array(found.prefix(Self.mostAddresses))
  }

  /// getaddrinfo blocks, so it runs on a thread of the pool for that. Empty where there is nobody.
  private static func systemAddresses(of name: String) -> [[UInt8]] {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(1)  // SOCK_STREAM, whose type differs from one C library to the next
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var found: [[UInt8]] = []
    var next = list
    while let entry = next?.pointee, found.count < mostAddresses {
      if let octets = octets(of: entry.ai_addr), !found.contains(octets) { found.append(octets) }
      next = entry.ai_next
    }
    return found
  }

  private static func octets(of address: UnsafeMutablePointer<sockaddr>?) -> [UInt8]? {
    guard let address else { return nil }
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      return UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self).octets
    case AF_INET6:
      return UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self).octets
    default: return nil
    }
  }
}

extension sockaddr_in {
  fileprivate var octets: [UInt8] { withUnsafeBytes(of: sin_addr) { Array($0) } }
}

extension sockaddr_in6 {
  fileprivate var octets: [UInt8] { withUnsafeBytes(of: sin6_addr) { Array($0) } }
}
