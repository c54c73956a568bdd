import Rehearsal
import Testing

/// Something done to the store behind everybody's back, which the audit of the world has to find.
struct PlantedFault: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let expected: Finding.Kind
  let sql: String

  /// One certificate that a device holds.
  private static let one = """
    rowid = (SELECT rowid FROM certificates WHERE profile = 'operational' AND status = 'good' ORDER BY rowid LIMIT 1)
    """

  static let all = [
    PlantedFault(
      testDescription: "a device's certificate is gone from the store", expected: .deviceLost,
      sql: "DELETE FROM certificates WHERE \(one)"),
    PlantedFault(
      testDescription: "an honest device's certificate is on hold", expected: .deviceLost,
      sql: "UPDATE certificates SET status = 'held' WHERE \(one)"),
    PlantedFault(
      testDescription: "a device stands as retired that nobody retired", expected: .deviceLost,
      sql:
        "UPDATE devices SET state = 'retired' WHERE serial = (SELECT MAX(serial) FROM devices WHERE state = 'active')"),
    PlantedFault(
      testDescription: "a serial number stands in two certificates", expected: .serialTwice,
      sql: """
        UPDATE certificates SET authority = 'another', serial =
          (SELECT serial FROM certificates WHERE profile = 'operational' ORDER BY rowid LIMIT 1)
        WHERE rowid = (SELECT MAX(rowid) FROM certificates)
        """),
    PlantedFault(
      testDescription: "a grant counted one too many", expected: .quota,
      sql: "UPDATE grants SET issued = issued + 1 WHERE name = (SELECT MIN(name) FROM grants)"),
    PlantedFault(
      testDescription: "a certificate came out of a grant uncounted", expected: .quota,
      sql: """
        UPDATE certificates SET grant_name = (SELECT MIN(name) FROM grants)
        WHERE rowid = (SELECT MAX(rowid) FROM certificates WHERE grant_name <> (SELECT MIN(name) FROM grants))
        """),
    PlantedFault(
      testDescription: "a revoked certificate is good again", expected: .renewedAgainstStanding,
      sql: "UPDATE certificates SET status = 'good' WHERE status = 'revoked'"),
    PlantedFault(
      testDescription: "an entry of the log is another", expected: .log,
      sql: "UPDATE audit_entries SET entry = CAST('{}' AS BLOB) WHERE position = 5"),
    PlantedFault(
      testDescription: "the log's tail is cut off", expected: .log,
      sql: "DELETE FROM audit_leaves WHERE position = (SELECT MAX(position) FROM audit_leaves)"),
  ]
}
