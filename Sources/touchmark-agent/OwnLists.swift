import Credentials
import DeviceAgent
import DeviceClient

/// The lists that tell of a device's own chain, and so of every device under the same authorities.
enum OwnLists {
  static func of(
    _ memory: DeviceMemory, in folder: AgentFolder, loops: EventLoops, and others: [Certificate] = []
  ) throws(AgentFailure) -> RevocationLists {
    let own = memory.identity.map { [$0.certificate] + $0.chain } ?? []
    let chain = own + others
    return try RevocationLists(of: chain, issuers: chain + memory.roots, in: folder, loops: loops)
  }
}
