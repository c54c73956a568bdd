/// One page for whoever was handed the export and has never seen Touchmark.
struct ReadingGuide {
  let proof: ExportProof
  let exported: AuditExporter.Exported

  var text: String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>\(Self.escape(proof.organization)): audit log</title>
    <style>body{font:16px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em}
    td,th{text-align:left;padding:.2em 1em .2em 0;vertical-align:top}code{background:#eee}</style></head><body>
    <h1>\(Self.escape(proof.organization)): what the certificate authority did</h1>
    <p>From \(proof.from) to \(proof.to), in UTC: \(proof.count) entries of the audit log, from number \(proof.first) on.
    Every certificate that was issued, everything that was refused, every revocation and every act of an administrator in
    that time is here; nothing can be left out in between, and you can check that yourself.</p>
    <table><tr><th>file</th><th>rows</th><th>what it says</th></tr>
    \(rows)</table>
    <h2>How to read a row</h2>
    <p><b>actor</b> is who asked: an administrator by role and name, a device, a grant. <b>door</b> is where: EST, REST.
    <b>profile</b> names the policy and its version; its text is in <code>profiles/</code>. <b>serial_number</b> is the
    certificate's. <b>reason</b> is what a person gave, or why it was refused. <b>index</b> is the entry's number in the
    log, under which it stands in <code>entries.jsonl</code> word for word. An act on many is one row; whom it was done to
    stands in <code>members/</code>, in a file of the act's name. A cell that a spreadsheet would take for a formula has
    an apostrophe before it.</p>
    <h2>How to check it</h2>
    <p><code>touchmark audit verify --export THIS-FOLDER --key KEY</code> needs no network and no server. It hashes every
    entry, builds the log's tree from the proof in <code>proof.json</code> and compares it with the signed checkpoint in
    <code>checkpoint.note</code>, which covers \(exported.checkpoint) entries; then it makes the tables again from the
    entries and compares those, and each list of members with the digest that its entry names. A changed, removed or inserted entry, or a changed table, is found.</p>
    <p>Take <b>KEY</b> (the log's public key, one line) from somebody else than whoever gave you this folder:
    <code>audit.pub</code> here only shows what it should look like. If you hold an older checkpoint of this log, add
    <code>--from CHECKPOINT</code>: without one, a history that was signed anew from end to end cannot be told from a true
    one. What was never logged is in no log.</p>
    <p>The formats are described in Touchmark's docs/audit.md, exactly enough to write another verifier.</p>
    </body></html>

    """
  }

  private var rows: String {
    let counts = [
      ExportTables.Name.issued: exported.issued, .refused: exported.refused, .revoked: exported.revoked,
      .administration: exported.administration,
    ]
    return ExportTables.Name.allCases.map {
      "<tr><td><a href=\"\($0.file)\">\($0.file)</a></td><td>\(counts[$0] ?? 0)</td><td>\($0.explanation)</td></tr>\n"
    }.joined()
  }

  /// An organization's name may hold what HTML gives a meaning.
  private static func escape(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
