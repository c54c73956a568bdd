extension GrantRecord {
  /// Whether the grant lets this serial in: any when it names none, else those of its list, and those of the same length
  /// between the ends of its range, in the order of their characters.
  public func admits(serial: String) -> Bool {
    guard serialsFrom != nil || !serials.isEmpty else { return true }
    if serials.contains(serial) { return true }
    guard let from = serialsFrom, let to = serialsTo else { return false }
    return serial.utf8.count == from.utf8.count && !serial.utf8.lexicographicallyPrecedes(from.utf8)
      && !to.utf8.lexicographicallyPrecedes(serial.utf8)
  }
}
