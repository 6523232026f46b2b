// SPDX-License-Identifier: MIT
// A shared object that happens to export the same name.
extern "C" const char entente_plugin[64];
extern "C" const char entente_plugin[64] = "something else";
