// SPDX-License-Identifier: MIT
// Compressed files: what is written comes back, damage is named, and no bomb goes off.
#include "problem/formats/compression.hpp"

#include <array>
#include <random>
#include <sstream>

#include "problem/problem_testing.hpp"

namespace entente {
namespace {

constexpr std::array all = {Compression::gzip, Compression::xz, Compression::zstd};
constexpr std::array endings = {".gz", ".xz", ".zst"};

std::string compressed(const std::string& text, Compression compression) {
  std::ostringstream out;
  const auto buffer = compress(out, compression);
  std::ostream(buffer.get()) << text;
  EXPECT_TRUE(buffer->finish());
  return out.str();
}

std::string decompressed(const std::string& bytes, Compression compression, std::size_t block_size = 777) {
  const auto source = decompress(std::make_unique<TextSource>(bytes), compression, "p.file");
  std::string text;
  std::vector<char> block(block_size);
  while (const std::size_t count = source->read(block.data(), block.size())) text.append(block.data(), count);
  return text;
}

/// Text of about a megabyte that does not shrink to nothing.
std::string long_text() {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < 1000000) text += std::to_string(random() % 100000) + " ";
  return text;
}

TEST(Compression, what_is_compressed_comes_back) {
  for (const Compression compression : all)
    for (const std::string& text : {std::string(), std::string("a"), std::string(300000, 'x'), long_text()})
      for (const std::size_t block : {std::size_t(1) << 20, std::size_t(777)})
        EXPECT_EQ(decompressed(compressed(text, compression), compression, block), text);
}

TEST(Compression, the_bytes_depend_on_the_text_alone) {
  for (const Compression compression : all) EXPECT_EQ(compressed("same", compression), compressed("same", compression));
}

TEST(Compression, joined_files_are_read_one_after_the_other) {
  for (const Compression compression : all)
    EXPECT_EQ(decompressed(compressed("one ", compression) + compressed("two", compression), compression), "one two");
}

TEST(Compression, cut_files_are_an_error_wherever_they_are_cut) {
  const std::string text = long_text().substr(0, 3000);
  for (const Compression compression : all) {
    const std::string whole = compressed(text, compression);
    for (std::size_t size = 1; size < whole.size(); size += 331)
      expect_error([&] { decompressed(whole.substr(0, size), compression); },
                   {"p.file: unexpected end of the", "data"});
    expect_error([&] { decompressed("", compression); }, {"unexpected end"});
  }
}

TEST(Compression, no_flipped_bit_goes_unseen) {
  const std::string text = long_text().substr(0, 2000);
  for (const Compression compression : all) {
    const std::string whole = compressed(text, compression);
    for (std::size_t at = 20; at < whole.size(); at += 149) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
      EXPECT_THROW(decompressed(damaged, compression), Error) << at;
    }
    expect_error([&] { decompressed("junkjunkjunkjunkjunk", compression); }, {"p.file: corrupt", "damaged"});
  }
}

TEST(Compression, blanks_by_the_million_take_no_memory) {
  // Read through blocks: the file says at its end that there is nothing in it.
  const TemporaryFolder folder;
  const std::string blanks(std::size_t(4) << 20, ' ');
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string file =
        folder.write(std::string("bomb.wcsp") + endings[i], compressed("t 2 3 1 9\n" + blanks, all[i]));
    expect_error([&] { read_problem(std::vector<std::string>{file}); }, {file + ":2: domain sizes", "unexpected end"});
  }
}

TEST(Compression, every_format_is_read_compressed) {
  const TemporaryFolder folder;
  const std::string yaml = small_problem("  c: {type: intention, function: x + y}\n");
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto read = [&](const std::string& name, const std::string& text) {
      const std::string file = folder.write(name + endings[i], compressed(text, all[i]));
      return read_problem(std::vector<std::string>{file}).variable_count();
    };
    EXPECT_EQ(read("p.wcsp", "t 2 2 0 9\n2 2\n"), 2u);
    EXPECT_EQ(read("p.cfn", "{problem {t <9} variables {a: 2 b: 2 c: 2} functions {}}"), 3u);
    EXPECT_EQ(read("p.uai", "MARKOV 4 2 2 2 2 0"), 4u);
    EXPECT_EQ(read("p.yaml", yaml), 2u);
    EXPECT_EQ(read("P.YML", yaml), 2u);
  }
  const std::string plain = folder.write("plain.wcsp.gz", "t 2 2 0 9\n2 2\n");
  expect_error([&] { read_problem(std::vector<std::string>{plain}); }, {plain, "corrupt gzip data"});
  for (const char* name : {"p.foo", "p.gz", "p.foo.gz", "p.wcsp.bz2"})
    expect_error([&] { read_problem(std::vector<std::string>{name}); },
                 {"is not known", ".wcsp", ".cfn", ".uai", ".zst"});
}

}  // namespace
}  // namespace entente
