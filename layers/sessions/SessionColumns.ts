/** `working` is only true while some process holds the session: a dead one can not take it back. */
export const standing = `
  CASE WHEN s.status IN ('working', 'scan_qr_code') AND l.process_id IS NULL
    THEN 'starting' ELSE s.status END`

export const columns = `
  s.session_id AS "id", s.organization_id AS "organizationId",
  s.created_by_user_id AS "createdByUserId", s.gateway_id AS "gatewayId", s.label,
  ${standing} AS "status",
  s.phone_number AS "phoneNumber", s.wa_jid AS "waJid", s.wa_lid AS "waLid",
  s.auto_read AS "autoRead", s.presence_typing AS "presenceTyping",
  s.rate_per_min AS "ratePerMin", s.rate_per_hour AS "ratePerHour",
  s.is_admin_session AS "isAdminSession", s.created_at AS "createdAt",
  s.updated_at AS "updatedAt", s.last_connected_at AS "lastConnectedAt"`

/** With how it fares, as of the same moment. */
export const describedColumns = `${columns},
  jsonb_build_object('since', s.status_since, 'lastTrafficAt', s.last_traffic_at,
    'lastError', s.last_error, 'reconnects', s.reconnects, 'nextAttemptAt', s.next_attempt_at,
    'queueDepth', CASE WHEN l.process_id IS NULL THEN 0 ELSE s.queue_depth END) AS runtime`

export const pairingColumns = `${standing} AS "status", s.qr, s.pairing`
