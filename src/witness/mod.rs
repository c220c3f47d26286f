//! Witnesses of logs (C2SP tlog-witness).
