// SPDX-License-Identifier: MIT
// NatsLibrary: the functions of the NATS C client that are used here, loaded when the first of them is needed. Their
// types are those of its header.
#pragma once

#include <nats/nats.h>

#include "base/shared_library.hpp"

namespace entente {

struct NatsLibrary {
  /// Throws Error{unsupported} where it cannot be loaded.
  static const NatsLibrary& get() {
    static const NatsLibrary library;
    return library;
  }

  SharedLibrary library{"libnats.so.3.4", "libnats3.4", "the carrier over NATS"};

#define ENTENTE_NATS(member, name) decltype(::name)* member = library.function<decltype(::name)>(#name)
  ENTENTE_NATS(status_text, natsStatus_GetText);
  ENTENTE_NATS(last_error, nats_GetLastError);
  ENTENTE_NATS(release_thread_memory, nats_ReleaseThreadMemory);

  ENTENTE_NATS(options_create, natsOptions_Create);
  ENTENTE_NATS(options_destroy, natsOptions_Destroy);
  ENTENTE_NATS(set_servers, natsOptions_SetServers);
  ENTENTE_NATS(set_user_info, natsOptions_SetUserInfo);
  ENTENTE_NATS(set_token, natsOptions_SetToken);
  ENTENTE_NATS(set_nkey_callback, natsOptions_SetNKey);
  ENTENTE_NATS(sign, nats_Sign);
  ENTENTE_NATS(set_user_file, natsOptions_SetUserCredentialsFromFiles);
  ENTENTE_NATS(set_timeout, natsOptions_SetTimeout);
  ENTENTE_NATS(set_name, natsOptions_SetName);
  ENTENTE_NATS(set_secure, natsOptions_SetSecure);
  ENTENTE_NATS(set_authority, natsOptions_LoadCATrustedCertificates);
  ENTENTE_NATS(set_certificate, natsOptions_LoadCertificatesChain);
  ENTENTE_NATS(set_expected_hostname, natsOptions_SetExpectedHostname);
  ENTENTE_NATS(set_ping_interval, natsOptions_SetPingInterval);
  ENTENTE_NATS(set_allow_reconnect, natsOptions_SetAllowReconnect);
  ENTENTE_NATS(set_max_reconnect, natsOptions_SetMaxReconnect);
  ENTENTE_NATS(set_reconnect_delay, natsOptions_SetCustomReconnectDelay);
  ENTENTE_NATS(set_send_asap, natsOptions_SetSendAsap);
  ENTENTE_NATS(set_fail_requests, natsOptions_SetFailRequestsOnDisconnect);
  ENTENTE_NATS(set_disconnected, natsOptions_SetDisconnectedCB);
  ENTENTE_NATS(set_reconnected, natsOptions_SetReconnectedCB);
  ENTENTE_NATS(set_closed, natsOptions_SetClosedCB);
  ENTENTE_NATS(set_error_handler, natsOptions_SetErrorHandler);

  ENTENTE_NATS(connect, natsConnection_Connect);
  ENTENTE_NATS(connection_destroy, natsConnection_Destroy);
  ENTENTE_NATS(connection_close, natsConnection_Close);
  ENTENTE_NATS(connection_error, natsConnection_GetLastError);
  ENTENTE_NATS(max_payload, natsConnection_GetMaxPayload);
  ENTENTE_NATS(flush, natsConnection_FlushTimeout);
  ENTENTE_NATS(publish, natsConnection_Publish);
  ENTENTE_NATS(request, natsConnection_Request);
  ENTENTE_NATS(subscribe, natsConnection_Subscribe);
  ENTENTE_NATS(subscribe_sync, natsConnection_SubscribeSync);

  ENTENTE_NATS(next_message, natsSubscription_NextMsg);
  ENTENTE_NATS(set_pending_limits, natsSubscription_SetPendingLimits);
  ENTENTE_NATS(dropped, natsSubscription_GetDropped);
  ENTENTE_NATS(unsubscribe, natsSubscription_Unsubscribe);
  ENTENTE_NATS(set_on_complete, natsSubscription_SetOnCompleteCB);
  ENTENTE_NATS(subscription_destroy, natsSubscription_Destroy);

  ENTENTE_NATS(message_subject, natsMsg_GetSubject);
  ENTENTE_NATS(message_reply, natsMsg_GetReply);
  ENTENTE_NATS(message_data, natsMsg_GetData);
  ENTENTE_NATS(message_size, natsMsg_GetDataLength);
  ENTENTE_NATS(message_destroy, natsMsg_Destroy);
#undef ENTENTE_NATS
};

}  // namespace entente
