import Hummingbird
import NIOCore
import Registry

/// `/trust-bundle`, on the plain port and beside EST: signed by the organization's approvers, for whoever holds their
/// document. `/trust-bundle/approvers/NUMBER` is a version of that document, each signed by the one before.
public struct TrustBundleRoutes: WebRoutes {
  private let store: any Store
  private let organization: OrganizationID

  public init(store: any Store, organization: OrganizationID) {
    (self.store, self.organization) = (store, organization)
  }

  public func register(on router: Router<WebRequestContext>) {
    router.get("trust-bundle") { _, _ in
      await answer { try $0.trustBundle(in: organization)?.note }
    }
    router.get("trust-bundle/approvers/:number") { _, context in
      let number = Int64(context.parameters.get("number") ?? "")
      return await answer { reader in
        try reader.approverDocuments(purpose: "trust-bundle", in: organization).first { $0.number == number }?.note
      }
    }
  }

  private func answer(_ note: @Sendable @escaping (any StoreReader) throws -> String?) async -> Response {
    do {
      guard let text = try await store.read(note) else { return .text(.notFound, "there is none") }
      return Response(
        status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "max-age=300"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    } catch {
      return .text(.serviceUnavailable, "this cannot be answered now")
    }
  }
}
