/// Processor time of a door's answer, and of the same cryptographic operations alone, in microseconds: the best of several
/// runs of both, one after the other, since whatever else the machine does only adds.
struct DoorFigure {
  static let rounds = 7

  private var door = Double.infinity
  private var operations = Double.infinity

  mutating func note(door: Double, operations: Double) {
    self.door = min(self.door, door)
    self.operations = min(self.operations, operations)
  }

  func print(_ name: String) {
    Swift.print(
      "{\"\(name)_microseconds\": \(door), \"operations_microseconds\": \(operations), \"ratio\": \(door / operations)}"
    )
  }
}
