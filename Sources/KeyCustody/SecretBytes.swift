#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Octets that are overwritten when their last owner goes, that compare in constant time and that no print shows.
///
/// The memory is allocated once and never grows, so that no copy stays behind. What a caller copies out of `withBytes`
/// is the caller's to wipe.
public final class SecretBytes: @unchecked Sendable {
  // Unchecked: the memory is written before `init` returns and in `deinit` only.
  private let memory: UnsafeMutableRawBufferPointer

  public var count: Int { memory.count }
  public var isEmpty: Bool { memory.isEmpty }

  /// Copies; the original stays the caller's to wipe.
  public init(copying octets: some Collection<UInt8>) {
    memory = .allocate(byteCount: octets.count, alignment: 16)
    memory.copyBytes(from: octets)
  }

  /// Copies and then overwrites the original, which is empty afterwards.
  public convenience init(taking octets: inout [UInt8]) {
    self.init(copying: octets)
    Self.wipe(&octets)
  }

  /// Fresh octets from the system's source of randomness.
  public static func random(count: Int) -> SecretBytes {
    var random = SystemRandomNumberGenerator()
    var octets = (0..<max(0, count)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    return SecretBytes(taking: &octets)
  }

  deinit {
    Self.wipe(memory)
    memory.deallocate()
  }

  /// The pointer is valid within `body` only.
  public func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    // Without this the last owner could go, and the memory with it, as soon as the pointer is read.
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeRawBufferPointer(memory))
  }

  /// Overwrites an array's octets and empties it.
  public static func wipe(_ octets: inout [UInt8]) {
    octets.withUnsafeMutableBytes { wipe($0) }
    octets = []
  }

  /// A store that the compiler may not drop although nothing reads it again.
  static func wipe(_ memory: UnsafeMutableRawBufferPointer) {
    guard let base = memory.baseAddress else { return }
    #if canImport(Darwin)
    _ = memset_s(base, memory.count, 0, memory.count)
    #else
    explicit_bzero(base, memory.count)
    #endif
  }
}

extension SecretBytes: Equatable {
  public static func == (left: SecretBytes, right: SecretBytes) -> Bool {
    left.withBytes { left in right.withBytes { right in ConstantTime.areEqual(left, right) } }
  }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "(secret, \(count) octets)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .class) }
}
