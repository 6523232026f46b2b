// SPDX-License-Identifier: MIT
// ENTENTE_VECTOR_BYTES: how wide a vector register is on the instruction set this file is compiled for.
#pragma once

#if defined(__AVX512F__)
#define ENTENTE_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define ENTENTE_VECTOR_BYTES 32
#else
#define ENTENTE_VECTOR_BYTES 16
#endif
