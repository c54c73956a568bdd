import Foundation

extension FileHandle {
  /// To the end. Foundation's `readDataToEndOfFile` traps when a signal interrupts it.
  public func readAll() -> Data {
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Foundation.read(fileDescriptor, &buffer, buffer.count)
      if count > 0 { data.append(contentsOf: buffer[..<count]) } else if count == 0 || errno != EINTR { return data }
    }
  }
}
