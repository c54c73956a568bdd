import Credentials
import Issuance
import Registry
import WireFormats

extension CMPService {
  /// genm (RFC 9483 §4.3). All that is told is public, so it is told to anybody; what is not known is passed over, as
  /// RFC 9810 §5.3.19 lets a server do.
  func general(_ items: [InfoTypeAndValue], label: ProfileName?) async throws(PKIStatusInfo) -> Reply {
    do throws(Refusal) { try await information.checkOffered(label) } catch { throw PKIStatusInfo(error) }
    var answers: [InfoTypeAndValue] = []
    for item in items {
      do throws(Refusal) {
        if let answer = try await general(item, label: label) { answers.append(answer) }
      } catch {
        throw PKIStatusInfo(error)
      }
    }
    return .general(answers)
  }

  private func general(_ item: InfoTypeAndValue, label: ProfileName?) async throws(Refusal) -> InfoTypeAndValue? {
    switch item.type {
    case InfoTypeAndValue.caCerts:
      let certificates = try await enrolling.authorityChains(label: label)
      return InfoTypeAndValue(item.type, Self.list(certificates))
    case InfoTypeAndValue.rootCaCert:
      guard let old = item.value else {
        throw Refusal(.badRequest, "rootCaCert carries the root certificate that the client has")
      }
      let update = try await information.rootUpdate(from: old)
      return InfoTypeAndValue(InfoTypeAndValue.rootCaKeyUpdate, update?.encoded)
    case InfoTypeAndValue.certReqTemplate:
      return InfoTypeAndValue(item.type, try await information.template(label: label)?.encoded)
    case InfoTypeAndValue.crlStatusList:
      guard let value = item.value, let statuses = try? CRLStatus.parseAll(value) else {
        throw Refusal(.badRequest, "crlStatusList cannot be read")
      }
      let lists = try await newer(than: statuses)
      return InfoTypeAndValue(InfoTypeAndValue.crls, lists.isEmpty ? nil : Self.list(lists))
    default: return nil
    }
  }

  private func newer(than statuses: [CRLStatus]) async throws(Refusal) -> [[UInt8]] {
    var lists: [[UInt8]] = []
    for status in statuses {
      let found =
        switch status.source {
        case .address(let address): try await information.revocationList(address: address)
        case .issuer(let name): try await information.revocationList(issuer: name)
        }
      guard let found, status.thisUpdate.map({ $0 < found.thisUpdate }) ?? true else { continue }
      lists.append(found.encoded)
    }
    return lists
  }

  private static func list(_ items: [[UInt8]]) -> [UInt8] {
    DERWriter.build(capacity: 4096) { $0.sequence { for item in items { $0.raw(item) } } }
  }
}
