// SPDX-License-Identifier: MIT
#include "web/follower.hpp"

#include <algorithm>

#include "web/json.hpp"

namespace entente::web {

std::vector<std::string> Follower::news(const RunView& view) {
  std::vector<std::string> news;
  if (closed_) return news;
  if (!view.begun()) {
    waited_ = true;
  } else if (waited_) {
    waited_ = false;
    tell_computations(view, news);
  }
  const bool newer = view.state() != told_;
  if (newer) {
    told_ = view.state();
    news.push_back(view.summary());
    tell_messages(*told_, news);
  }
  if (newer || (view.ended() && !all_told_)) tell_values(view, news);
  if (news.empty() && view.ended()) {
    news.push_back(text_of({{"cmd", "close"}}));
    closed_ = true;
  }
  return news;
}

void Follower::tell_computations(const RunView& view, std::vector<std::string>& news) {
  const auto count = std::uint32_t(std::min<std::size_t>(view.computation_count(), RunView::most_computations));
  for (std::uint32_t c = 0; c < count; ++c)
    news.push_back(text_of({{"evt", "add_comp"}, {"computation", view.computation_name(c)}}));
}

void Follower::tell_messages(const LiveState& state, std::vector<std::string>& news) {
  const Progress& p = state.progress;
  if (p.messages > messages_)
    for (const char* const event : {"msg_snd", "msg_rcv"})
      news.push_back(text_of({{"evt", event},
                              {"computation", nullptr},
                              {"msg_count", p.messages - messages_},
                              {"msg_size", p.message_bytes - std::min(bytes_, p.message_bytes)}}));
  messages_ = std::max(messages_, p.messages);
  bytes_ = std::max(bytes_, p.message_bytes);
}

// Goes round, so that where everything changes all the time everybody's turn comes.
void Follower::tell_values(const RunView& view, std::vector<std::string>& news) {
  const Problem& problem = view.problem();
  const std::uint32_t variables = problem.variable_count();
  known_.resize(variables, no_value);
  std::size_t told = 0;
  all_told_ = true;
  if (told_->values.size() != variables) return;
  VariableId v = next_ < variables ? next_ : 0;
  for (std::uint32_t seen = 0; seen < variables; ++seen, v = v + 1 < variables ? v + 1 : 0) {
    const ValueIndex value = told_->values[v];
    if (value == known_[v] || value < 0 || value >= problem.domain_size(v)) continue;
    if (told++ == most_values) {
      all_told_ = false;
      next_ = v;
      return;
    }
    known_[v] = value;
    const std::string name = problem.variable_name(v);
    const Value& meaning = problem.domain(v).values[std::size_t(value)];
    news.push_back(text_of({{"evt", "value"}, {"computation", name}, {"value", json_of(meaning)}}));
    news.push_back(text_of({{"evt", "cycle"}, {"computation", name}, {"cycles", told_->cycle}}));
  }
}

}  // namespace entente::web
