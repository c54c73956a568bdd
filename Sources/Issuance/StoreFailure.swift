import Registry

extension Refusal {
  /// What a failed read or write means to whoever asked. A refusal thrown inside a transaction passes unchanged.
  public static func from(_ error: any Error) -> Refusal {
    if let refusal = error as? Refusal { return refusal }
    guard let failure = error as? StoreError else {
      return Refusal(.unavailable, "the store failed", detail: "\(error)")
    }
    switch failure {
    case .busy: return Refusal(.unavailable, "too many requests wait for the store; ask again later")
    case .unavailable(let reason):
      return Refusal(.unavailable, "the store cannot write now (\(reason)); ask again later", detail: reason)
    case .missing(let what): return Refusal(.notFound, "no such \(what)")
    case .conflict(let what): return Refusal(.conflict, what)
    case .duplicate(let what): return Refusal(.conflict, "there is one already", detail: what)
    case .invalidCursor: return Refusal(.badRequest, "the cursor is none of this list's")
    case .malformed(let what): return Refusal(.unavailable, "a stored record cannot be read", detail: what)
    }
  }
}
