import Credentials
import DeviceClient
import WireFormats

/// A device's memory in octets: fields of two octets of length and their content, in a fixed order. Roots, which many
/// devices share, are numbers.
enum MemoryImage {
  static func encode(_ memory: DeviceMemory, roots: [UInt8]) -> [UInt8] {
    var image: [UInt8] = []
    func append(_ field: [UInt8]) {
      image.append(UInt8(truncatingIfNeeded: field.count >> 8))
      image.append(UInt8(truncatingIfNeeded: field.count))
      image += field
    }
    append(roots)
    append(Array((memory.secret?.name ?? "").utf8))
    append(Array((memory.secret?.secret ?? "").utf8))
    append((memory.identity?.key as? SoftwareDeviceKey)?.octets ?? [])
    append(memory.identity?.certificate.encoded ?? [])
    append((memory.pendingKey as? SoftwareDeviceKey)?.octets ?? [])
    append(memory.renewAt.map { Array("\($0.milliseconds)".utf8) } ?? [])
    append(Array("\(memory.bundle)".utf8))
    return image
  }

  /// Nil for what `encode` did not write.
  static func decode(_ image: [UInt8], serial: String, roots known: [Certificate]) -> DeviceMemory? {
    var rest = image[...]
    func field() -> [UInt8]? {
      guard let high = rest.popFirst(), let low = rest.popFirst() else { return nil }
      let count = Int(high) << 8 | Int(low)
      guard rest.count >= count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    guard let roots = field(), let name = field(), let secret = field(), let key = field(), let certificate = field(),
      let pending = field(), let renewAt = field(), let bundle = field(), roots.allSatisfy({ Int($0) < known.count })
    else { return nil }
    var memory = DeviceMemory(serial: serial, roots: roots.map { known[Int($0)] })
    if !name.isEmpty {
      memory.secret = .init(
        name: String(decoding: name, as: UTF8.self), secret: String(decoding: secret, as: UTF8.self))
    }
    if let key = SoftwareDeviceKey(octets: key), let certificate = try? Certificate(parsing: certificate) {
      memory.identity = .init(key: key, certificate: certificate)
    }
    memory.pendingKey = SoftwareDeviceKey(octets: pending)
    memory.renewAt = Int64(String(decoding: renewAt, as: UTF8.self)).map(Instant.init(milliseconds:))
    memory.bundle = Int64(String(decoding: bundle, as: UTF8.self)) ?? 0
    return memory
  }
}
