/// What a request's `operation` names (RFC 8894 §4.1).
public enum SCEPOperation: String, Hashable, Sendable, CaseIterable {
  case getCACaps = "GetCACaps"
  case getCACert = "GetCACert"
  case getNextCACert = "GetNextCACert"
  case pkiOperation = "PKIOperation"
}

/// RFC 8894 §3.2.1.2.
enum SCEPMessageType: String, Hashable, Sendable {
  case certRep = "3"
  case renewalReq = "17"
  case pkcsReq = "19"
  case certPoll = "20"
  case getCert = "21"
  case getCRL = "22"
}

/// RFC 8894 §3.2.1.4.
public enum SCEPFailInfo: String, Hashable, Sendable {
  case badAlg = "0"
  case badMessageCheck = "1"
  case badRequest = "2"
  case badTime = "3"
  case badCertId = "4"
}
