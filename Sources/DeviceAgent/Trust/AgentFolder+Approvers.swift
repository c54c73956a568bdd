extension AgentFolder {
  private var approversFile: String { file("approvers.note") }

  /// Gives the device the first approvers' document. It is fixed from then on: who could name others could name the roots.
  public func give(approvers note: [UInt8]) throws(AgentFailure) {
    guard ApprovedRoots(document: note) != nil else {
      throw AgentFailure(
        .failed, "that is no first approvers' document for trust bundles, signed by everyone in it",
        hint: "touchmark approver document, and each person's touchmark approver sign")
    }
    let held = try DurableFile.read(approversFile)
    guard held == nil || held == note else {
      throw AgentFailure(.exists, "\(path) has another approvers' document already")
    }
    try DurableFile.makeFolder(path)
    try DurableFile.replace(approversFile, with: note, mode: 0o644)
  }

  /// Nil for a device that was made without.
  func approvedRoots() throws(AgentFailure) -> ApprovedRoots? {
    guard let note = try DurableFile.read(approversFile) else { return nil }
    guard let roots = ApprovedRoots(document: note) else {
      throw AgentFailure(.failed, "\(approversFile) is damaged")
    }
    return roots
  }
}
