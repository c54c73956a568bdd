#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// tss2's transmission interface, loaded when it is first needed: a machine without tss2 runs the program as well, and the
/// configuration's words are those that tpm2-tools take (`device:/dev/tpmrm0`, `swtpm:host=127.0.0.1,port=2321`).
///
/// Only the transport is tss2's. Its context is a structure of function pointers that has a fixed layout (TSS TCTI
/// specification §3.2.1): magic, version, transmit, receive, finalize.
final class TCTITransport: TPMTransport {
  private typealias Initialize =
    @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> UInt32
  private typealias Finalize = @convention(c) (UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> Void
  private typealias Transmit = @convention(c) (UnsafeMutableRawPointer, Int, UnsafePointer<UInt8>) -> UInt32
  private typealias Receive =
    @convention(c) (UnsafeMutableRawPointer, UnsafeMutablePointer<Int>, UnsafeMutablePointer<UInt8>, Int32) -> UInt32

  private struct Common {
    let magic: UInt64
    let version: UInt32
    let transmit: Transmit?
    let receive: Receive?
  }

  private var context: UnsafeMutableRawPointer
  private let finalize: Finalize
  private let transmit: Transmit
  private let receive: Receive

  init(_ configuration: String) throws(TPMError) {
    // Never unloaded: a transport that is opened again finds it there.
    guard let library = dlopen("libtss2-tctildr.so.0", RTLD_NOW | RTLD_LOCAL) else {
      throw .unavailable("libtss2-tctildr.so.0 is not installed")
    }
    guard let first = dlsym(library, "Tss2_TctiLdr_Initialize"), let last = dlsym(library, "Tss2_TctiLdr_Finalize")
    else {
      throw .unavailable("libtss2-tctildr.so.0 lacks Tss2_TctiLdr_Initialize")
    }
    let initialize = unsafeBitCast(first, to: Initialize.self)
    finalize = unsafeBitCast(last, to: Finalize.self)
    var made: UnsafeMutableRawPointer?
    let code = initialize(configuration, &made)
    guard code == 0, let made else {
      throw .unavailable("no TPM answers at \(configuration) (tss2 says 0x\(String(code, radix: 16)))")
    }
    let common = made.load(as: Common.self)
    guard common.version >= 1, let transmit = common.transmit, let receive = common.receive else {
      var unusable: UnsafeMutableRawPointer? = made
      finalize(&unusable)
      throw .unavailable("the tss2 library is of a version that is not known")
    }
    (context, self.transmit, self.receive) = (made, transmit, receive)
  }

  deinit {
    var last: UnsafeMutableRawPointer? = context
    finalize(&last)
  }

  func exchange(_ command: [UInt8]) throws(TPMError) -> [UInt8] {
    let sent = command.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { transmit(context, buffer.count, $0) } ?? 1
    }
    guard sent == 0 else { throw .unavailable("the TPM takes no command (0x\(String(sent, radix: 16)))") }
    var response = [UInt8](repeating: 0, count: TPMLimits.message)
    var size = response.count
    let received = response.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { receive(context, &size, $0, -1) } ?? 1
    }
    guard received == 0, size <= response.count else {
      throw .unavailable("the TPM gives no answer (0x\(String(received, radix: 16)))")
    }
    return Array(response.prefix(size))
  }
}
