// SPDX-License-Identifier: MIT
// entente convert: writes a problem in another format.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <sstream>
#include <system_error>

#include "command.hpp"
#include "entente/base/error.hpp"
#include "options.hpp"
#include "output.hpp"
#include "problem_files.hpp"

namespace entente::cli {
namespace {

class Convert final : public Command {
 public:
  explicit Convert(CLI::App& program) {
    app = program.add_subcommand(
        "convert",
        "Writes a problem in another format. The extension of the last file says which: pyDCOP's YAML (.yaml), WCSP "
        "(.wcsp), CFN (.cfn) or UAI (.uai), compressed where .gz, .xz or .zst is added. Costs of all assignments stay "
        "the same; what the other format cannot hold is said on standard error or, if the costs would be others, "
        "refused.");
    app->fallthrough();
    set_example(*app, "entente convert examples/lunch.cfn lunch.yaml");
    problem_.declare(*app, false);
    add_whole(*app, "--precision", precision_, 0, 15, "DIGITS",
              "decimal places that costs keep: they are rounded, and WCSP, which knows whole numbers only, is written "
              "that many powers of ten larger [default: all digits, and WCSP refuses costs with a fraction]");
    add_texts(*app, "FILE", files_, "FILE",
              "the problem's file or files and, last, the file to write; '-' is YAML on standard output")
        ->required();
  }

  int run(Invocation& invocation) override {
    if (!invocation.options.output.empty()) {
      throw Error(ErrorCode::wrong_use, "--output: 'entente convert' writes to its last FILE; name the file there");
    }
    if (files_.size() < 2) {
      throw Error(ErrorCode::wrong_use, "convert needs a problem file and the file to write, in this order");
    }
    const std::string& target = files_.back();
    problem_.files.assign(files_.begin(), files_.end() - 1);
    for (const std::string& file : problem_.files) {
      std::error_code absent;
      if (target != "-" && file != "-" && std::filesystem::equivalent(target, file, absent)) {
        throw Error(ErrorCode::wrong_use,
                    fmt::format("'{}' is both read and written; give the new file another name", printable(target)));
      }
    }
    const Problem problem = problem_.read(invocation);
    WriteOptions options;
    if (precision_) options.precision = static_cast<int>(*precision_);
    options.warn = [&invocation](const std::string& text) { invocation.console.warning(text); };
    if (target != "-") {
      write_problem(problem, target, options);
      return exit_ok;
    }
    std::ostringstream text;
    write_pydcop_yaml(problem, text);
    Output out;
    out.add_standard_output();
    out.write(text.str());
    out.finish();
    return exit_ok;
  }

 private:
  ProblemFiles problem_;
  std::vector<std::string> files_;
  std::optional<std::uint64_t> precision_;
};

}  // namespace

std::unique_ptr<Command> make_convert(CLI::App& program) { return std::make_unique<Convert>(program); }

}  // namespace entente::cli
