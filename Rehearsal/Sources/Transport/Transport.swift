import Credentials
import DeviceClient
import WireFormats

/// What carries a device's message to the server and the answer back. Nil when there was none, or when the device did
/// not trust the server that it reached.
protocol Transport: Sendable {
  func exchange(_ message: ESTMessage, of memory: DeviceMemory, at clock: Instant) async -> ESTReply?
}
