#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Commands and responses (TPM 2.0 Library part 1, §18).
struct TPMChannel {
  let transport: any TPMTransport

  /// The authorization of one handle.
  struct Authorization {
    /// TPM_RS_PW, or a policy session.
    var session: UInt32 = 0x4000_0009
    /// The password.
    var value: [UInt8] = []
    /// continueSession, so that a session survives its command.
    var attributes: UInt8 = 0
  }

  /// - Parameter returnsHandle: Whether the response begins with a handle.
  /// - Returns: That handle, and a reader of the parameters.
  func execute(
    _ command: TPMCommand, handles: [UInt32] = [], authorizations: [Authorization] = [], parameters: [UInt8] = [],
    returnsHandle: Bool = false
  ) throws(TPMError) -> (handle: UInt32, parameters: TPMReader) {
    var body = TPMWriter()
    for handle in handles { body.put32(handle) }
    if !authorizations.isEmpty { body.put(area(authorizations), countedBy: 4) }
    body.put(parameters)
    let hasSessions = !authorizations.isEmpty
    var message = TPMWriter()
    message.put16(hasSessions ? 0x8002 : 0x8001)  // TPM_ST_SESSIONS, TPM_ST_NO_SESSIONS
    message.put32(UInt32(body.bytes.count + 10))
    message.put32(command.rawValue)
    message.put(body.bytes)
    guard message.bytes.count <= TPMLimits.message else { throw .malformed }
    var response = try answer(to: message.bytes, command)
    let handle = returnsHandle ? try response.read32() : 0
    if hasSessions {
      let count = Int(try response.read32())
      response = TPMReader(try response.read(count))
    }
    return (handle, response)
  }

  private func area(_ authorizations: [Authorization]) -> [UInt8] {
    var area = TPMWriter()
    for each in authorizations {
      area.put32(each.session)
      area.put16(0)  // A nonce is for HMAC sessions.
      area.put8(each.attributes)
      area.putSized(each.value)
    }
    return area.bytes
  }

  /// What follows the header of a response that says TPM_RC_SUCCESS.
  private func answer(to message: [UInt8], _ command: TPMCommand) throws(TPMError) -> TPMReader {
    var code: UInt32 = 0
    for attempt in 0..<TPMLimits.retries {
      var response = TPMReader(try transport.exchange(message))
      _ = try response.read16()
      guard Int(try response.read32()) == response.total else { throw .malformed }
      code = try response.read32()
      if code == 0 { return response }
      if code == 0x100, command != .startup {
        // TPM_RC_INITIALIZE: nobody has started it, as with a fresh simulator.
        _ = try execute(.startup, parameters: [0, 0])
      } else if TPMError(command: command.rawValue, code: code) == .busy {
        usleep(UInt32(min(10 * (attempt + 1), 200)) * 1000)
      } else {
        break
      }
    }
    throw TPMError(command: command.rawValue, code: code)
  }
}

/// TPM_CC (TPM 2.0 Library part 2, §6.5.2), those that a device needs.
enum TPMCommand: UInt32 {
  case evictControl = 0x120
  case createPrimary = 0x131
  case startup = 0x144
  case activateCredential = 0x147
  case certify = 0x148
  case nvRead = 0x14E
  case policySecret = 0x151
  case create = 0x153
  case load = 0x157
  case quote = 0x158
  case sign = 0x15D
  case flushContext = 0x165
  case nvReadPublic = 0x169
  case readPublic = 0x173
  case startAuthSession = 0x176
  case pcrRead = 0x17E
}
