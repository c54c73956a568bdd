import Registry
import WireFormats

extension EnrollmentService {
  /// When the first of a device's certificates of other profiles is due: the youngest of each profile counts, since a
  /// renewal leaves the older one valid. Nearly every device has one profile, and nothing is read for it.
  func othersDue(_ applicant: Applicant, besides profile: ProfileName) async throws(Refusal) -> Instant? {
    let others = Dictionary(grouping: applicant.certificates.filter { $0.profile != profile }, by: \.profile)
    var due: Instant?
    for (name, certificates) in others {
      guard let youngest = certificates.map(\.notAfter).max(), let renewal = try await renewal(of: name) else {
        continue
      }
      let own = youngest - renewal.window
      due = due.map { min($0, own) } ?? own
    }
    return due
  }

  /// How a profile's certificates renew; nil when they do not, or when the profile is gone.
  private func renewal(of name: ProfileName) async throws(Refusal) -> Profile.Renewal? {
    let record: ProfileRecord?
    do {
      record = try await store.read { [organization] in try $0.profile(name, in: organization) }
    } catch {
      throw Refusal.from(error)
    }
    guard let renewal = try record.map({ record throws(Refusal) in try catalog.prepare(record).profile.renewal }),
      renewal.allowed
    else { return nil }
    return renewal
  }
}
