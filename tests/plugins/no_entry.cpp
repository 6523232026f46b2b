// SPDX-License-Identifier: MIT
// A shared object that has nothing to do with Entente.
extern "C" int nothing_of_interest();
extern "C" int nothing_of_interest() { return 0; }
