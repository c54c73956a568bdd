import Attestation
import Issuance
import Registry
import WireFormats

/// Acts on what devices should run, each a value that `Administration` runs.
public struct BaselineService: Sendable {
  /// Products and versions of one organization.
  static let most = 10_000

  public init() {}

  /// As files and addresses have them. Throws `badRequest`.
  public static func values(
    registers: [String: [String: String]], events: [String: [String: String]]
  ) throws(Refusal) -> ReferenceValues {
    do throws(ReferenceValues.Malformed) {
      return try ReferenceValues(registers: registers, events: events)
    } catch {
      throw Refusal(.badRequest, error.description)
    }
  }

  /// Adds reference values from outside: a build's own, or a laboratory's.
  ///
  /// - Parameter merging: puts them beside those that are there, since devices of one product may differ.
  /// - Throws: `conflict` when there are some, and they are not to be merged.
  public func add(
    _ values: ReferenceValues, product: String, firmwareVersion: String, merging: Bool
  ) -> AdministrativeAct<BaselineRecord> {
    AdministrativeAct("baseline.add", on: Self.subject(product, firmwareVersion)) { context in
      try Self.check(product, firmwareVersion)
      return try Self.put(
        values, product, firmwareVersion, learnedFrom: nil, merging: merging, as: "baseline.add", in: context)
    }
  }

  /// Takes what a device last attested as what all of its product and version should attest.
  ///
  /// - Parameters:
  ///   - firmwareVersion: nil for the one that the device claims.
  /// - Throws: `conflict` for a device that never attested, that claims no version, or whose evidence contradicts itself.
  public func learn(
    from reference: DeviceReference, firmwareVersion: String?, merging: Bool
  ) -> AdministrativeAct<BaselineRecord> {
    AdministrativeAct("baseline.learn", on: "serial:\(reference.serial)") { context in
      let device = try reference.find(in: context.organization, of: context.writer)
      let learned = try LearnedValues(of: device, in: context.writer, context.organization)
      guard let version = firmwareVersion ?? learned.record.firmwareVersion else {
        throw Refusal(.conflict, "the device does not say which firmware it runs", hint: "name it with --firmware")
      }
      try Self.check(device.product ?? "", version)
      return try Self.put(
        learned.values, device.product ?? "", version, learnedFrom: device, merging: merging, as: "baseline.learn",
        in: context)
    }
  }

  public func remove(product: String, firmwareVersion: String) -> AdministrativeAct<BaselineRecord> {
    AdministrativeAct("baseline.remove", on: Self.subject(product, firmwareVersion)) { context in
      guard
        let known = try context.writer.baseline(
          product: product, firmwareVersion: firmwareVersion, in: context.organization)
      else { throw Refusal(.notFound, "there are no reference values for this product and version") }
      try context.writer.removeBaseline(
        product: product, firmwareVersion: firmwareVersion, in: context.organization)
      try context.record(
        "baseline.remove", subject: Self.subject(product, firmwareVersion),
        details: ["product": product, "firmware_version": firmwareVersion])
      return known
    }
  }

  private static func put(
    _ values: ReferenceValues, _ product: String, _ version: String, learnedFrom device: DeviceRecord?, merging: Bool,
    as act: String, in context: ActContext
  ) throws -> BaselineRecord {
    let known = try context.writer.baseline(product: product, firmwareVersion: version, in: context.organization)
    guard known == nil || merging else {
      throw Refusal(
        .conflict, "there are reference values for this product and version",
        hint: "add to them with --merge, or remove them first")
    }
    if known == nil {
      guard try context.writer.baselines(in: context.organization).count < most else {
        throw Refusal(.conflict, "there are \(most) baselines; remove some first")
      }
    }
    let record = BaselineRecord(
      product: product, firmwareVersion: version, document: try merge(values, into: known).stored,
      learnedFrom: device?.id, changedAt: context.now, changedBy: context.actor.name)
    try context.writer.put(record, in: context.organization)
    var details = ["product": product, "firmware_version": version, "registers": summary(values)]
    details["learned_from"] = device?.serial
    if known != nil { details["merged"] = "yes" }
    try context.record(act, subject: subject(product, version), details: details)
    return record
  }

  private static func merge(_ values: ReferenceValues, into known: BaselineRecord?) throws -> ReferenceValues {
    guard let known else { return values }
    do {
      return try ReferenceValues(stored: known.document).merging(values)
    } catch {
      throw Refusal(.conflict, "they cannot be put together: \(error)")
    }
  }

  private static func check(_ product: String, _ version: String) throws(Refusal) {
    try RecordText.check(product, named: "product", upTo: 128)
    guard Evidence.isVersion(version) else {
      throw Refusal(.badRequest, "a firmware version is 1 to 64 characters of printable ASCII without spaces")
    }
  }

  private static func subject(_ product: String, _ version: String) -> String { "baseline:\(product)/\(version)" }

  /// `sha256:0,1,7`, as tpm2-tools select.
  private static func summary(_ values: ReferenceValues) -> String {
    values.registers.sorted { $0.key < $1.key }
      .map { "\($0.key.name):" + $0.value.keys.sorted().map(String.init).joined(separator: ",") }
      .joined(separator: "+")
  }
}
