// SPDX-License-Identifier: MIT
#include <cblas.h>

#include "cblas_step.hpp"
