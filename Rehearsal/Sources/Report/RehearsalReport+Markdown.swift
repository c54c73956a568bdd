extension RehearsalReport {
  /// docs/rehearsal.md.
  /// - Parameters:
  ///   - plot: Where the SVG lies, from the document.
  ///   - machine: What it ran on, in words.
  public func markdown(plot: String, machine: String) -> String {
    """
    # The rehearsal

    `make rehearsal` puts a simulated fleet and the real authority through an operator's worst days in one run. This page
    was written by it: \(Figures.count(devices)) devices, \(machine), \(Figures.seconds(seconds)).
    `make rehearsal DEVICES=1000000` asks for more; `.ci/run` has 2,000.

    **\(lost) devices lost.** \(isClean ? "Every expectation held." : "The rehearsal failed; see the end.")

    ![devices with a certificate, day by day](\(plot))

    | day | event | devices | acts by a person | took the fleet | took here | |
    |---:|---|---:|---:|---:|---:|---|
    \(rows)

    An act is one command of one person; on many it is one, by `--where`. "Took the fleet" is days of the rehearsal's
    clock, from the event's beginning until its last device had what it needs; "took here" is how long this machine
    computed.

    ## What was true afterwards

    \(facts.words)
    - \(answers) were what OCSP said, each as it had to be.

    \(Self.method)
    \(failures)
    """
  }

  private var rows: String {
    record.events.map { event in
      "| \(event.day) | \(event.name) | \(Figures.count(event.devices)) | \(Figures.count(event.acts)) "
        + "| \(event.days) d | \(Figures.seconds(event.seconds)) | \(event.remark) |"
    }.joined(separator: "\n")
  }

  /// As in "120 good, 40 unknown".
  private var answers: String {
    ["good", "held", "revoked", "unknown", "unusable"].compactMap { word in
      record.answers[word].map { "\(Figures.count($0)) \(word)" }
    }.joined(separator: ", ")
  }

  private var failures: String {
    isClean ? "" : "\n## What was wrong\n\n" + findings.map { "- \($0)\n" }.joined()
  }

  private static let method = """
    ## How it is done

    The authority is made of the rooms of `touchmark serve`: enrollment behind EST, a SQLite store with `synchronous=FULL`,
    sealed keys, CRLs, the audit log. Only its clock is set by hand. Each device is the state machine in
    [Sources/DeviceClient](../Sources/DeviceClient/DeviceClient.swift), which does no I/O, and keeps its key, its
    certificate, its roots and the key of an unanswered request in a slot of a file, as a device keeps them in flash. Most
    speak to EST in this process, octets in and octets out; a sample of up to 200 goes through TLS and HTTP to the real web
    server, with the same state machine.

    Networks lose 30 % of all answers after the server has committed, cut 5 % of the requests, send 5 % twice, and 10 % of
    the devices lose their power while they wait. One device in twenty has no clock and starts in 1970: it judges the
    server's signatures, names and purposes, but no dates, and renews whenever it starts. A full disk is a limit on the
    database's pages. The backup is written while the authority serves and is all that is left two weeks later, but for the
    last revocation lists and a checkpoint that was kept elsewhere. Roots sign on another machine, through requests and
    answers. All choices come from a seed.

    Of each kind of device up to forty are asked about at the real OCSP responder, some over HTTP, by the certificate that
    the device itself holds: after standings changed, right after the restore (where a certificate that the store forgot is
    `unknown` until its device shows it), and later. Devices were made with the first document of three approvers. When the
    second root is compromised, one approver has been exchanged meanwhile; two sign a trust bundle with the third root
    alone, and devices that know the first document find it by the second. A server of whoever has the old root's key is
    shown to every device before and after.

    The audit at the end believes neither the store nor the devices. Each honest device has in its own memory a certificate
    that is valid, recorded, in good standing, its own, and chains to a root which the device holds; nothing was issued to a
    suspended, revoked or retired one since; no serial number stands in two certificates of any authority; each grant counted
    what it gave; the log verifies from its first entry through its epochs. Tests plant a fault of each kind and see it found
    (`Tests/RehearsalTests`). The run fails if anything is found.
    """
}

extension WorldFacts {
  fileprivate var words: String {
    """
    - \(Figures.count(honest)) honest devices renewed; \(Figures.count(others)) suspended, revoked and retired ones did not.
    - \(Figures.count(certificates)) certificates, no serial number twice, every grant exact.
    - \(Figures.count(Int(entries))) entries in the log, which verifies; it is in epoch \(epoch).
    - \(Figures.count(lostAnswers)) answers with a certificate were lost after the commit, \
    \(Figures.count(powerCuts)) devices lost their power while they waited; \(Figures.count(overHTTP)) visits went over TLS.
    """
  }
}
