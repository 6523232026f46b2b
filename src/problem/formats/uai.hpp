// SPDX-License-Identifier: MIT
// Reading UAI files and their evidence.
#pragma once

#include <memory>
#include <string>

#include "entente/problem/formats.hpp"
#include "problem/formats/byte_source.hpp"

namespace entente {

/// `file` stands for the source in messages; `evidence` is a file, or empty for none.
Problem read_uai(std::unique_ptr<ByteSource> source, const std::string& file, const std::string& evidence,
                 const ReadOptions& options);

}  // namespace entente
