// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <roadgnn/io/osm/profile_rules.h>

namespace roadgnn::io {

/// The rules that a definition states. Throws InputError naming the field.
Profile::Rules read_profile_rules(const std::string& json, const std::string& origin);

}  // namespace roadgnn::io
