/// Comparison whose time depends on lengths alone.
public enum ConstantTime {
  /// Whether both hold the same octets. A difference in length shows at once: lengths are no secret here.
  @inline(never)
  public static func areEqual(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (a, b) in zip(left, right) { difference |= a ^ b }
    return difference == 0
  }
}
