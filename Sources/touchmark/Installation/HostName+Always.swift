extension HostName {
  /// Names that every server certificate carries.
  static let always = ["127.0.0.1", "::1", "localhost"]
}
