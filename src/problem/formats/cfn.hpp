// SPDX-License-Identifier: MIT
// Reading CFN files.
#pragma once

#include <memory>
#include <string>

#include "entente/problem/formats.hpp"
#include "problem/formats/byte_source.hpp"

namespace entente {

/// `file` stands for the source in messages.
Problem read_cfn(std::unique_ptr<ByteSource> source, const std::string& file, const ReadOptions& options);

}  // namespace entente
