/// Why what approvers signed is not taken.
public enum ApprovalError: Error, Hashable, Sendable {
  /// The line that is not there as it should be.
  case malformed(String)
  /// Of another organization than the one that is asked for: the one that it names.
  case wrongOrganization(String)
  /// Of approvers for something else.
  case wrongPurpose(String)
  /// It ended then, or its approvers' document did.
  case expired
  /// Its number is not higher than the one that is held.
  case notNewer(Int64)
  /// Approved under another version of the approvers' document.
  case wrongDocument(Int64)
  /// So many persons approved, of so many that have to.
  case tooFewApprovers(Int, of: Int)
  /// A line claims to be an approver's, and is not.
  case badSignature(String)
  /// A person who is new in a document has not signed it, so that nobody knows whether the key is that person's.
  case unprovenKey(String)
  /// Approvers signed something else: what it says.
  case otherAct(String)
}

extension ApprovalError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let line): "the line '\(line)' is not there as it should be"
    case .wrongOrganization(let found): "it is of the organization \(found)"
    case .wrongPurpose(let found): "its approvers are for \(found)"
    case .expired: "its time is over"
    case .notNewer(let number): "its number is not higher than \(number)"
    case .wrongDocument(let number): "it was approved under the approvers' document \(number)"
    case .tooFewApprovers(let count, let needed): "\(count) persons approved it where \(needed) have to"
    case .badSignature(let name): "the signature of \(name) is not over this text"
    case .unprovenKey(let person): "\(person) is new in it and has not signed it"
    case .otherAct(let act): "what was signed is over another file: \(act)"
    }
  }
}
