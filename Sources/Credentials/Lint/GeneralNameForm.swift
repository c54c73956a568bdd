/// x400Address and ediPartyName have no user left, and nobody here could check one; a directoryName is not empty.
enum GeneralNameForm: GeneralNameRule {
  static let name = "general-name-form"

  static func objection(to name: GeneralName) -> String? {
    switch name {
    case .other: "\(name) is of a form that is not issued"
    case .directoryName(let directory): directory.isEmpty ? "a directory name is empty" : nil
    case .otherName(_, let value): DERValue.isSingle(value) ? nil : "\(name) is not well formed"
    case .dnsName, .ipAddress, .uri, .email, .registeredID: nil
    }
  }
}
