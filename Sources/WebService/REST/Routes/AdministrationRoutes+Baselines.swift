import AdministrationAPI
import Appraisal
import Issuance
import Registry

extension AdministrationRoutes {
  var baselineRoutes: [APIRoute] { [listBaselines, addBaseline, learnBaseline, removeBaseline] }

  private var listBaselines: APIRoute {
    APIRoute(
      method: .get, path: "/baselines", operation: "listBaselines",
      summary: "What devices should run, in the order of products and versions.", tag: "attestation",
      access: .readers, query: QueryParameter.paging, success: .page(of: "Baseline"),
      handler: .read { context in
        let baselines = try await services.read { try $0.baselines(in: $1) }
        return try .json(
          ItemPage(listing: baselines.map { BaselineItem($0) }, as: context.call.query) {
            "\($0.product) \($0.firmwareVersion)"
          })
      })
  }

  private var addBaseline: APIRoute {
    APIRoute(
      method: .post, path: "/baselines", operation: "addBaseline",
      summary: "Adds reference values of a product's firmware version.", tag: "attestation", access: .operators,
      body: .json("NewBaseline", required: true), success: .json("Baseline", status: 201),
      handler: .act { context in
        let asked: NewBaseline = try context.call.decoded()
        let values = try BaselineService.values(registers: asked.pcrs, events: asked.events ?? [:])
        let act = BaselineService().add(
          values, product: asked.product ?? "", firmwareVersion: asked.firmwareVersion, merging: asked.merge ?? false)
        return PreparedAct(act) { try .json(BaselineItem($0), status: 201) }
      })
  }

  private var learnBaseline: APIRoute {
    APIRoute(
      method: .post, path: "/baselines/learn", operation: "learnBaseline",
      summary: "Takes what a device last attested as what its product should attest.", tag: "attestation",
      access: .operators, body: .json("BaselineLearning", required: true), success: .json("Baseline", status: 201),
      handler: .act { context in
        let asked: BaselineLearning = try context.call.decoded()
        let act = BaselineService().learn(
          from: DeviceReference(serial: asked.serial, manufacturer: asked.manufacturer),
          firmwareVersion: asked.firmwareVersion, merging: asked.merge ?? false)
        return PreparedAct(act) { try .json(BaselineItem($0), status: 201) }
      })
  }

  private var removeBaseline: APIRoute {
    APIRoute(
      method: .delete, path: "/baselines", operation: "removeBaseline",
      summary: "Removes a product's reference values of one firmware version.", tag: "attestation",
      access: .operators,
      query: [
        QueryParameter(name: "product", kind: .text, description: "None for devices without a product."),
        QueryParameter(name: "firmware_version", kind: .text, description: "The version."),
      ],
      success: .json("Baseline"),
      handler: .act { context in
        let query = context.call.query
        let act = BaselineService().remove(
          product: query["product"] ?? "", firmwareVersion: query["firmware_version"] ?? "")
        return PreparedAct(act) { try .json(BaselineItem($0)) }
      })
  }
}

extension BaselineItem {
  init(_ record: BaselineRecord) {
    let texts = record.texts
    self.init(
      product: record.product, firmwareVersion: record.firmwareVersion, pcrs: texts.registers, events: texts.events,
      learnedFrom: record.learnedFrom?.rawValue, changedAt: "\(record.changedAt)", changedBy: record.changedBy)
  }
}
