/// The version, which stands here and nowhere else: packages, man pages and figures ask the program.
enum ProgramVersion {
  /// As Debian compares versions.
  static let text = "0.1.0"
}
