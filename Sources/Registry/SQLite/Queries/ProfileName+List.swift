/// Several names in one column, joined by spaces, which no profile's name has.
extension ProfileName {
  static func text(of names: [ProfileName]) -> String { names.map(\.rawValue).joined(separator: " ") }

  static func list(from text: String, of table: String) throws(StoreError) -> [ProfileName] {
    let parts = text.split(separator: " ")
    let names = parts.compactMap { ProfileName(rawValue: String($0)) }
    guard names.count == parts.count else { throw .malformed("\(table), profiles") }
    return names
  }
}
