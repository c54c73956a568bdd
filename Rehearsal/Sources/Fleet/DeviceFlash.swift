import Credentials
import DeviceClient
import Foundation
import Synchronization
import WireFormats

/// The durable memories of all devices: one file, a slot each, so that a million devices take no memory of this process.
package final class DeviceFlash: Sendable {
  private static let slot = 1024
  private let descriptor: Int32
  private let roots: Mutex<[Certificate]>

  /// Why a device's memory cannot be used.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  init(path: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw Failure(description: "\(path): \(String(cString: strerror(errno)))") }
    roots = Mutex([])
  }

  deinit { close(descriptor) }

  package func store(_ memory: DeviceMemory, of device: Int) throws {
    let numbers = roots.withLock { known in
      memory.roots.map { root in
        if let number = known.firstIndex(of: root) { return UInt8(truncatingIfNeeded: number) }
        known.append(root)
        return UInt8(truncatingIfNeeded: known.count - 1)
      }
    }
    let image = MemoryImage.encode(memory, roots: numbers)
    guard image.count <= Self.slot else { throw Failure(description: "device \(device) remembers too much") }
    let written = image.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(device * Self.slot)) }
    guard written == image.count else { throw Failure(description: "device \(device) cannot keep its memory") }
  }

  package func load(_ device: Int, serial: String) throws -> DeviceMemory {
    var image = [UInt8](repeating: 0, count: Self.slot)
    let count = image.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(device * Self.slot)) }
    let known = roots.withLock { $0 }
    guard count > 0, let memory = MemoryImage.decode(image, serial: serial, roots: known) else {
      throw Failure(description: "device \(device) has lost its memory")
    }
    return memory
  }
}
