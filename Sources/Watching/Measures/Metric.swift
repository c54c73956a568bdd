/// Every metric that `/metrics` shows, by name: the one list that rules, dashboard and documents are held against.
public enum Metric: String, CaseIterable, Sendable {
  case buildInfo = "touchmark_build_info"
  case issued = "touchmark_issued_total"
  case repeated = "touchmark_repeated_total"
  case refused = "touchmark_refused_total"
  case enrollSeconds = "touchmark_enroll_seconds"
  case ocspAnswers = "touchmark_ocsp_answers_total"
  case ocspSeconds = "touchmark_ocsp_seconds"
  case commitSeconds = "touchmark_commit_seconds"
  case committedWrites = "touchmark_committed_writes_total"
  case failedCommits = "touchmark_failed_commits_total"
  case queuedWrites = "touchmark_queued_writes"
  case connections = "touchmark_connections"
  case eventWaiters = "touchmark_event_waiters"
  case logEntries = "touchmark_log_entries"
  case storeBytes = "touchmark_store_bytes"
  case diskFreeBytes = "touchmark_disk_free_bytes"
  case expiring = "touchmark_expiring_certificates"
  case crlAge = "touchmark_crl_age_seconds"
  case crlNextUpdate = "touchmark_crl_next_update_timestamp_seconds"
  case authorityEnds = "touchmark_authority_not_after_timestamp_seconds"
  case conditions = "touchmark_conditions"
  case waitingNotifications = "touchmark_waiting_notifications"
  case notifications = "touchmark_notifications_total"
  case authorizations = "touchmark_authorizations_total"
  case authorizationSeconds = "touchmark_authorization_seconds"
  case sinkDeliveries = "touchmark_checkpoint_sink_deliveries_total"
  case sinkFailing = "touchmark_checkpoint_sink_failing"
  case tokenUp = "touchmark_token_up"
  case tokenSessions = "touchmark_token_sessions"
  case tokenWaiting = "touchmark_token_waiting"
  case tokenReconnections = "touchmark_token_reconnections_total"
  case tokenSignatures = "touchmark_token_signatures_total"
  case processStart = "process_start_time_seconds"
  case processMemory = "process_resident_memory_bytes"
  case processCPU = "process_cpu_seconds_total"

  public enum Kind: String, Sendable { case counter, gauge, histogram }

  public var kind: Kind {
    switch self {
    case .issued, .repeated, .refused, .ocspAnswers, .committedWrites, .failedCommits, .notifications,
      .authorizations, .sinkDeliveries, .tokenReconnections, .tokenSignatures, .processCPU:
      .counter
    case .enrollSeconds, .ocspSeconds, .commitSeconds, .authorizationSeconds: .histogram
    case .buildInfo, .queuedWrites, .connections, .eventWaiters, .logEntries, .storeBytes, .diskFreeBytes, .expiring,
      .crlAge, .crlNextUpdate, .authorityEnds, .conditions, .waitingNotifications, .sinkFailing, .tokenUp,
      .tokenSessions, .tokenWaiting,
      .processStart,
      .processMemory:
      .gauge
    }
  }

  public var help: String {
    switch self {
    case .buildInfo: "Always 1; the label says which version serves."
    case .issued: "Certificates issued by this process, by profile and door."
    case .repeated: "Certificates given again because their answer was lost."
    case .refused: "Requests for a certificate that were refused, by door and reason."
    case .enrollSeconds: "From a parsed request for a certificate to its outcome."
    case .ocspAnswers: "OCSP answers, by HTTP method."
    case .ocspSeconds: "From an OCSP request to its answer."
    case .commitSeconds: "One group commit, sync included."
    case .committedWrites: "Writes in successful commits; over the count of commits, how many share one."
    case .failedCommits: "Commits that failed, so that nothing of them was kept."
    case .queuedWrites: "Writes that wait for the next commit."
    case .connections: "Open connections on both ports."
    case .eventWaiters: "Clients that wait for events."
    case .logEntries: "Entries of the audit log."
    case .storeBytes: "Size of the store's files."
    case .diskFreeBytes: "Free space where the store lies."
    case .expiring: "Certificates that expire soon and have no successor."
    case .crlAge: "Seconds since the authority's CRL was made."
    case .crlNextUpdate: "When the authority's CRL ends."
    case .authorityEnds: "When the authority's certificate ends."
    case .conditions: "Standing conditions, by kind."
    case .waitingNotifications: "Notifications that were not delivered yet."
    case .notifications: "Attempts to deliver a notification, by target and outcome."
    case .authorizations: "Questions to authorizing systems, by profile and outcome."
    case .authorizationSeconds: "From a question to an authorizing system to its answer or time limit."
    case .sinkDeliveries: "Attempts to deliver a checkpoint outside, by outcome."
    case .sinkFailing: "1 while the checkpoint sink does not take checkpoints."
    case .tokenUp: "1 while the token signs."
    case .tokenSessions: "Open sessions of the token."
    case .tokenWaiting: "Requests that wait for a session of the token."
    case .tokenReconnections: "Sessions opened anew after the token was lost."
    case .tokenSignatures: "Signatures that the token was asked for, by outcome."
    case .processStart: "When the process started, in seconds since 1970."
    case .processMemory: "Resident memory."
    case .processCPU: "CPU time, user and system."
    }
  }
}
